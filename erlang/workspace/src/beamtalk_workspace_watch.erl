%% @doc Tells a client what changes in the node: classes, extensions, living actors, bindings; and
%% describes a class as it runs. A watch is a process of its own for each client, which it monitors;
%% it gathers events for a moment and sends them as a request
%% `{request, From, Reference, {node_changed, Changes}}', the next when the last was answered.
%% Registry events come by themselves; for the rest it looks once a second.
-module(beamtalk_workspace_watch).
-behaviour(gen_server).

-export([start/1, class/1, values/1, classes/0, bindings/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(GATHER, 25).
-define(LOOK, 1000).
%% Of how many actors values are told, and how long each is given to tell them.
-define(ACTORS, 3).
-define(ACTOR_WAIT, 20).

-record(state, {
    client :: pid(),
    classes = #{} :: #{binary() => true},
    seen :: #{atom() => integer()},
    others = [] :: [atom()],
    timer = none :: none | reference(),
    sent = none :: none | reference()
}).

%% @doc Begins to tell the client. Ends when the client does.
-spec start(pid()) -> gen_server:start_ret().
start(Client) ->
    gen_server:start(?MODULE, Client, []).

%% @doc What a class and its living actors hold now, printed: the class state, and the state of each
%% actor, if they are few. An actor that is busy is left out, as nothing waits for it. Nil where there
%% is no such class.
-spec values(binary()) -> map() | nil.
values(Name) ->
    case module_of(Name) of
        nil -> nil;
        Module ->
            Pids = [Pid || {Pid, Of} <- lists:sort(beamtalk_actor:living()), Of =:= Module],
            #{class_state => printed(lists:sort(maps:to_list(beamtalk_class_state:all(Module)))),
              actors => case length(Pids) =< ?ACTORS of
                            true -> lists:append([state_of(Pid, Module) || Pid <- Pids]);
                            false -> []
                        end}
    end.

state_of(Pid, Module) ->
    try sys:get_state(Pid, ?ACTOR_WAIT) of
        #{} = State ->
            [printed([{F, maps:get(F, State)}
                      || F <- beamtalk_class:all_fields(Module), is_map_key(F, State)])];
        _ -> []
    catch
        exit:_ -> []
    end.

printed(Values) ->
    [{atom_to_binary(Name), beamtalk_print:brief(Value)} || {Name, Value} <- Values].

%% No atom is made of the name.
module_of(Name) ->
    try beamtalk_registry:lookup(binary_to_existing_atom(Name)) of
        {ok, Module} -> Module;
        error -> nil
    catch
        error:badarg -> nil
    end.

%% @doc A class as it runs: its methods of both sides with their texts, extensions among them, and
%% its living actors; nil where there is none of that name. No atom is made of the name.
-spec class(binary()) -> map() | nil.
class(Name) ->
    case module_of(Name) of
        nil -> nil;
        Module -> described(Module)
    end.

described(Module) ->
    #{name := Name, super := Super, package := Package} = Meta = Module:'$meta'(),
    #{name => atom_to_binary(Name),
      package => Package,
      super => case Super of nil -> nil; _ -> atom_to_binary(beamtalk_class:name(Super)) end,
      methods => methods(instance, maps:get(methods, Meta, []), Name),
      class_methods => methods(class, maps:get(class_methods, Meta, []), Name),
      actors => [Text || #{text := Text} <- beamtalk_workspace_info:actors_of(Module)]}.

methods(Side, Own, Name) ->
    [method(Each) || Each <- Own ++ beamtalk_registry:extensions_of(Name, Side)].

method(#{selector := Selector} = Method) ->
    #{selector => atom_to_binary(Selector),
      signature => maps:get(signature, Method, <<>>),
      parameters => maps:get(parameters, Method, []),
      doc => maps:get(doc, Method, nil),
      source => maps:get(source, Method, <<>>)}.

%% @doc The classes that are not the library's, with their superclasses.
-spec classes() -> [{binary(), binary()}].
classes() ->
    [{Name, case Super of nil -> <<"nil">>; _ -> atom_to_binary(beamtalk_class:name(Super)) end}
     || #{name := Name, super := Super} <- beamtalk_workspace_info:classes()].

%% @doc The workspace's bindings, printed.
-spec bindings() -> [{binary(), binary()}].
bindings() ->
    [{atom_to_binary(Name), Text} || {Name, Text} <- beamtalk_workspace_info:globals()].

-spec init(pid()) -> {ok, #state{}}.
init(Client) ->
    _ = erlang:monitor(process, Client),
    ok = beamtalk_registry:subscribe(self()),
    _ = erlang:send_after(?LOOK, self(), look),
    {ok, #state{client = Client, seen = look()}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(_, _From, State) ->
    {reply, {error, unknown_call}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({beamtalk_registry, {_, Name, _}}, #state{classes = Classes} = State) ->
    {noreply, later(State#state{classes = Classes#{atom_to_binary(Name) => true}})};
handle_info(look, #state{seen = Before, others = Others} = State) ->
    _ = erlang:send_after(?LOOK, self(), look),
    Now = look(),
    Changed = [Key || {Key, Hash} <- maps:to_list(Now), maps:get(Key, Before) =/= Hash],
    case lists:usort(Changed ++ Others) of
        [] -> {noreply, State};
        All -> {noreply, later(State#state{seen = Now, others = All})}
    end;
handle_info(send, State) ->
    {noreply, send(State#state{timer = none})};
handle_info({reply, Reference, _}, #state{sent = Reference} = State) ->
    {noreply, later(State#state{sent = none})};
handle_info({'DOWN', _, process, Client, _}, #state{client = Client} = State) ->
    {stop, normal, State};
handle_info(_, State) ->
    {noreply, State}.

%% What tells of itself by no event.
look() ->
    #{actors => erlang:phash2(lists:sort(beamtalk_actor:living())),
      bindings => erlang:phash2(beamtalk_workspace_globals:all()),
      extensions => erlang:phash2(beamtalk_registry:extensions())}.

later(#state{timer = none} = State) ->
    State#state{timer = erlang:send_after(?GATHER, self(), send)};
later(State) ->
    State.

send(#state{sent = none, classes = Classes, others = Others, client = Client} = State)
  when map_size(Classes) > 0; Others =/= [] ->
    Reference = make_ref(),
    Changes = #{classes => maps:keys(Classes), others => Others},
    Client ! {request, self(), Reference, {node_changed, Changes}},
    State#state{sent = Reference, classes = #{}, others = []};
send(State) ->
    State.
