%% @doc Beamtalk as the guest of a node that was started without it. The first toolchain that attaches
%% sends this module, which says what else the node lacks, takes that in, starts the applications, and
%% when the last toolchain leaves takes everything away again: processes, tables, modules. What the
%% node had before, a Beamtalk program of its own included, is left alone.
%%
%% A toolchain that is lost without a word may come back: what it sent goes after a while, and only
%% when no actor lives that needs it.
-module(beamtalk_workspace_guest).
-behaviour(gen_server).

-export([start/0, compared/1, take/1, settle/1, leave/2, withdraw/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(LIMIT, 60000).
-define(GRACE, 30000).
-define(STOP_LIMIT, 2000).
-define(APPLICATIONS,
        [{beamtalk_runtime, beamtalk_runtime_app, [kernel, stdlib]},
         {beamtalk_workspace, beamtalk_workspace_app, [kernel, stdlib, beamtalk_runtime]}]).

-record(state, {sent = [] :: [module()],
                %% Applications that were not here, and that did not run.
                described = [] :: [atom()],
                started = [] :: [atom()],
                clients = #{} :: #{reference() => pid()},
                %% Somebody has said that all of it stays.
                keep = false :: boolean()}).

%% @doc Makes the node ready to take modules; answers those that it was sent before. `resident' where
%% the workspace is the node's own, and nothing needs to be sent.
-spec start() -> {ok, [module()]} | resident.
start() ->
    case {whereis(?MODULE), whereis(beamtalk_workspace_sup)} of
        {undefined, Pid} when is_pid(Pid) -> resident;
        _ ->
            %% Another toolchain may be as fast.
            _ = gen_server:start({local, ?MODULE}, ?MODULE, [], []),
            {ok, gen_server:call(?MODULE, sent, ?LIMIT)}
    end.

%% @doc Modules with their versions as a toolchain has them: which of them the node can neither run nor
%% find, and which it has in another version, each with its file.
-spec compared([{module(), integer()}]) -> #{lacking := [module()], others := [{module(), binary()}]}.
compared(Modules) ->
    Found = files_on_path(),
    Known = [{Module, Version, known(Module, Found)} || {Module, Version} <- Modules],
    #{lacking => [Module || {Module, _, unknown} <- Known],
      others => [{Module, File} || {Module, Version, {There, File}} <- Known, There =/= [Version]]}.

known(Module, Found) ->
    File = atom_to_list(Module) ++ code:objfile_extension(),
    case {erlang:module_loaded(Module), Found} of
        {true, _} ->
            Attributes = erlang:get_module_info(Module, attributes),
            {proplists:get_value(vsn, Attributes), text("~ts", [code:which(Module)])};
        {false, #{File := Folder}} ->
            Path = filename:join(Folder, File),
            {version_in(Path), text("~ts", [Path])};
        _ -> unknown
    end.

%% Through the loader, which also looks into archives.
version_in(Path) ->
    maybe_version(erl_prim_loader:get_file(Path)).

maybe_version({ok, Code, _}) ->
    case beam_lib:version(Code) of
        {ok, {_, Version}} -> Version;
        {error, _, _} -> none
    end;
maybe_version(error) ->
    none.

%% Each folder is read once; `code:which' would look into every one for every module. The first folder
%% with a file is the one from which it is loaded.
files_on_path() ->
    maps:from_list([{File, Folder} || Folder <- lists:reverse(code:get_path()),
                                      {ok, Files} <- [erl_prim_loader:list_dir(Folder)], File <- Files]).

%% @doc Takes in modules in one step.
-spec take([{module(), file:filename(), binary()}]) -> ok | {error, binary()}.
take(Parts) ->
    gen_server:call(?MODULE, {take, Parts}, ?LIMIT).

%% @doc Starts what does not run, and serves a toolchain until it leaves or is lost.
-spec settle(pid()) -> ok | {error, binary()}.
settle(Client) ->
    gen_server:call(?MODULE, {settle, Client}, ?LIMIT).

%% @doc A toolchain leaves. Where it was the last one and nothing is to be kept, all that came with it
%% goes; answers how many actors had to be stopped for that, and how many modules went.
-spec leave(pid(), boolean()) -> #{stopped := non_neg_integer(), unloaded := non_neg_integer()}.
leave(Client, Keep) ->
    gen_server:call(?MODULE, {leave, Client, Keep}, ?LIMIT).

%% @doc A toolchain that brings other versions would take the place of what was sent: all of it goes,
%% unless somebody needs it. Answers whether it was to be kept, or what it is needed for.
-spec withdraw() -> {withdrawn, boolean()} | {needed, [binary()]}.
withdraw() ->
    gen_server:call(?MODULE, withdraw, ?LIMIT).

%% The process belongs to the node and not to whoever called from another one.
-spec init([]) -> {ok, #state{}}.
init([]) ->
    group_leader(whereis(init), self()),
    {ok, #state{sent = [?MODULE]}}.

-spec handle_call(term(), gen_server:from(), #state{}) ->
    {reply, term(), #state{}} | {stop, normal, term(), #state{}}.
handle_call(sent, _From, #state{sent = Sent} = State) ->
    {reply, Sent, State};
handle_call({take, Parts}, _From, #state{sent = Sent} = State) ->
    case code:atomic_load(Parts) of
        ok -> {reply, ok, State#state{sent = lists:usort([Module || {Module, _, _} <- Parts] ++ Sent)}};
        {error, Reasons} ->
            #{message := Message, hint := Hint} = not_loadable(Reasons),
            {reply, {error, <<Message/binary, "; ", Hint/binary>>}, State}
    end;
handle_call({settle, Client}, _From, #state{clients = Clients} = State) ->
    try settled(State) of
        New -> {reply, ok, New#state{clients = Clients#{monitor(process, Client) => Client}}}
    catch
        error:{badmatch, {error, Reason}} -> {reply, {error, text("~tp", [Reason])}, State}
    end;
handle_call({leave, Client, Keep}, _From, #state{clients = Clients} = State) ->
    Left = maps:filter(fun(Monitor, Pid) -> Pid =/= Client orelse not demonitor(Monitor, [flush]) end, Clients),
    case State#state{clients = Left, keep = Keep orelse State#state.keep} of
        #state{keep = false} = New when Left =:= #{} -> {stop, normal, clear_away(New), New};
        New -> {reply, #{stopped => 0, unloaded => 0}, New}
    end;
handle_call(withdraw, _From, #state{keep = Keep} = State) ->
    case needs(State) of
        [] ->
            _ = clear_away(State),
            {stop, normal, {withdrawn, Keep}, State};
        Needs -> {reply, {needed, Needs}, State}
    end.

%% Words for those who need what was sent.
needs(#state{clients = Clients} = State) ->
    Modules = modules(State),
    Classes = [Module || Module <- Modules, lists:prefix("bt@", atom_to_list(Module)), not is_library(Module),
                         not lists:prefix("bt@eval@", atom_to_list(Module))],
    Counts = [{"attached toolchain", "attached toolchains", map_size(Clients)},
              {"living actor", "living actors", length(own_actors(Modules))},
              {"loaded class", "loaded classes", length(Classes)},
              {"binding", "bindings", bindings()}],
    [counted(Each) || {_, _, Count} = Each <- Counts, Count > 0].

counted({One, _, 1}) -> text("1 ~ts", [One]);
counted({_, Many, Count}) -> text("~b ~ts", [Count, Many]).

bindings() ->
    case whereis(beamtalk_workspace_globals) of
        undefined -> 0;
        _ -> map_size(beamtalk_workspace_globals:all())
    end.

%% The module that says these words may itself not have come.
not_loadable(Reasons) ->
    Names = lists:join(", ", [io_lib:format("~ts (~tp)", [Module, Reason]) || {Module, Reason} <- Reasons]),
    #{message => text("the node does not take ~ts", [Names]),
      hint => <<"its Erlang release is perhaps older than the one that Beamtalk was built with">>}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({'DOWN', Monitor, process, _, _}, #state{clients = Clients} = State) ->
    erlang:send_after(?GRACE, self(), look),
    {noreply, State#state{clients = maps:remove(Monitor, Clients)}};
handle_info(look, #state{clients = Clients, keep = Keep} = State) when Keep; map_size(Clients) > 0 ->
    {noreply, State};
handle_info(look, State) ->
    case own_actors(modules(State)) of
        [] ->
            logger:notice("The toolchain of Beamtalk that attached was lost: what it sent is taken away"),
            _ = clear_away(State),
            {stop, normal, State};
        _ ->
            erlang:send_after(?GRACE, self(), look),
            {noreply, State}
    end;
handle_info(_Other, State) ->
    {noreply, State}.

%% Without application files on the node, what the applications hold together is said here.
settled(State) ->
    Now = lists:foldl(fun started/2, State, ?APPLICATIONS),
    Classes = [Module || {Module, _} <- code:all_loaded(), lists:prefix("bt@", atom_to_list(Module))],
    ok = beamtalk_registry:register(Classes -- beamtalk_registry:modules()),
    Now.

started({Name, Module, Needs}, #state{described = Described, started = Started} = State) ->
    Specification = {application, Name, [{vsn, "0.1.0"}, {modules, []}, {registered, []},
                                         {applications, Needs}, {mod, {Module, []}}]},
    New = case application:load(Name) of
        ok -> [Name];
        {error, {already_loaded, Name}} -> [];
        {error, _} -> ok = application:load(Specification), [Name]
    end,
    {ok, Now} = application:ensure_all_started(Name),
    State#state{described = New ++ Described, started = lists:reverse(Now) ++ Started}.

%% What was sent, and what was loaded with it.
modules(#state{sent = Sent}) ->
    Loaded = case ets:whereis(beamtalk_workspace_code) of
        undefined -> [];
        _ -> beamtalk_workspace_code:modules()
    end,
    Evaluated = [Module || {Module, _} <- code:all_loaded(), lists:prefix("bt@eval@", atom_to_list(Module))],
    lists:usort(Sent ++ Loaded ++ Evaluated).

%% Those that somebody has started; the library has some for itself, such as the transcript.
own_actors(Modules) ->
    [Each || {_, Module} = Each <- actors(Modules), not is_library(Module)].

library_actors(Modules) ->
    [Each || {_, Module} = Each <- actors(Modules), is_library(Module)].

actors(Modules) ->
    case whereis(beamtalk_registry) of
        undefined -> [];
        _ -> [Each || {_, Module} = Each <- beamtalk_actor:living(), lists:member(Module, Modules)]
    end.

is_library(Module) ->
    lists:prefix("bt@stdlib@", atom_to_list(Module)).

%% Supervisors first (they are named for their classes): they would start again what is stopped. The last to go is this module.
clear_away(#state{started = Started, described = Described} = State) ->
    Modules = modules(State),
    _ = [stop(Pid) || Module <- Modules, lists:prefix("bt@", atom_to_list(Module)),
                      Pid <- [whereis(Module)], is_pid(Pid)],
    Actors = own_actors(Modules),
    _ = [stop(Pid) || {Pid, _} <- Actors ++ library_actors(Modules)],
    _ = [application:stop(Name) || Name <- Started],
    _ = [application:unload(Name) || Name <- Described],
    _ = [stop(Pid) || lists:member(beamtalk_table_owner, Modules), Pid <- [whereis(beamtalk_table_owner)], is_pid(Pid)],
    _ = [persistent_term:erase(Key) || {Key, _} <- persistent_term:get(), is_of(Key, Modules)],
    Others = lists:delete(?MODULE, Modules),
    _ = [code:soft_purge(Module) andalso code:delete(Module) || Module <- Others],
    _ = [exit(Pid, kill) || Pid <- users(Others)],
    _ = [code:purge(Module) || Module <- Others],
    _ = code:delete(?MODULE),
    _ = spawn_opt(code, soft_purge, [?MODULE], [{priority, low}]),
    #{stopped => length(Actors), unloaded => length(Modules)}.

stop(Pid) ->
    beamtalk_workspace_stopped:stop(Pid, ?STOP_LIMIT).

is_of(Key, Modules) when is_tuple(Key), tuple_size(Key) > 0 -> is_of(element(1, Key), Modules);
is_of(Key, Modules) -> lists:member(Key, Modules).

%% Processes without a supervisor that run the code.
users(Modules) ->
    [Pid || Pid <- processes(), Pid =/= self(), is_user(Pid, Modules)].

is_user(Pid, Modules) ->
    case proc_lib:initial_call(Pid) of
        {Module, _, _} -> lists:member(Module, Modules) orelse runs(Pid, Modules);
        false -> runs(Pid, Modules)
    end.

runs(Pid, Modules) ->
    case process_info(Pid, [initial_call, current_function]) of
        [{initial_call, {First, _, _}}, {current_function, {Current, _, _}}] ->
            lists:member(First, Modules) orelse lists:member(Current, Modules);
        _ -> false
    end.

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
