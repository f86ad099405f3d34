%% @doc Which classes, extensions and protocols this node has.
%%
%% Reads are of ETS tables, in the caller's process; a registry that is not running reads as empty,
%% save for what the code path has. Writes go through the one server, which owns the tables, so
%% that a load of several modules is seen whole. A class that was never registered is found by its
%% module on the code path.
-module(beamtalk_registry).
-behaviour(gen_server).

-export([start_link/0, register/1, unregister/1, modules/0, lookup/1]).
-export([class_named/1, names/0, classes/0, subclasses/1, extension/4, extensions_of/2, extensions/0]).
-export([protocols/0, protocol/1, subscribe/1, scan/0]).
-export([scan_extensions/0, extensions_by_module/0]).
-export([set_doc/3, doc/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(CLASSES, beamtalk_classes).
-define(SUBCLASSES, beamtalk_subclasses).
-define(EXTENSIONS, beamtalk_extensions).
-define(FOUND, beamtalk_extensions_found).
-define(PROTOCOLS, beamtalk_protocols).
-define(MODULES, beamtalk_modules).
-define(DOCS, beamtalk_docs).
-define(SWEEP, 60000).

-type side() :: instance | class.
-type event() :: {class_loaded | class_changed | class_removed, atom(), module()}.
-export_type([event/0]).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%%% Entering and removing

%% Enters loaded modules, all or none. A module entered again replaces what it had before.
-spec register([module()]) -> ok | {error, beamtalk_exception:exception()}.
register(Modules) ->
    gen_server:call(?MODULE, {register, Modules}, infinity).

-spec unregister([module()]) -> ok.
unregister(Modules) ->
    gen_server:call(?MODULE, {unregister, Modules}, infinity).

%% Makes sure that a class's module is loaded and entered.
-spec ensure(module()) -> ok | error.
ensure(Module) ->
    case ets_member(?MODULES, Module) of
        true ->
            ok;
        false ->
            case code:ensure_loaded(Module) of
                {module, Module} -> enter_found([Module]);
                {error, _} -> error
            end
    end.

enter_found(Modules) ->
    case whereis(?MODULE) of
        undefined ->
            ok;
        _ ->
            case register(Modules) of
                ok -> ok;
                {error, _} -> error
            end
    end.

%%% Questions about classes

-spec modules() -> [module()].
modules() -> [Module || {Module, _} <- ets_list(?MODULES)].

%% The module of the class of that name, of the code path if need be.
-spec lookup(atom()) -> {ok, module()} | error.
lookup(Name) ->
    case ets_lookup(?CLASSES, Name) of
        [{_, Module}] -> {ok, Module};
        [] -> lookup_on_path(Name)
    end.

lookup_on_path(Name) ->
    Library = list_to_atom("bt@stdlib@" ++ atom_to_list(Name)),
    case ensure(Library) of
        ok ->
            {ok, Library};
        error ->
            Suffix = "@" ++ atom_to_list(Name),
            case [M || M <- path_modules(), lists:suffix(Suffix, M)] of
                [Found | _] ->
                    Module = list_to_atom(Found),
                    ensured(ensure(Module), Module);
                [] ->
                    error
            end
    end.

ensured(ok, Module) -> {ok, Module};
ensured(error, _) -> error.

%% The class object of that name, or the protocol; raises where there is neither.
-spec class_named(atom()) -> beamtalk_class:class_object() | beamtalk_protocol:protocol().
class_named(Name) ->
    case lookup(Name) of
        {ok, Module} -> {'$class', Module};
        error -> protocol_named(Name)
    end.

protocol_named(Name) ->
    case beamtalk_protocol:find(Name) of
        {ok, Protocol} -> Protocol;
        error -> beamtalk_exception:not_found(Name)
    end.

%% The names of all entered classes.
-spec names() -> [atom()].
names() -> [Name || {Name, _} <- ets_list(?CLASSES)].

%% All classes, those of the code path included.
-spec classes() -> [module()].
classes() ->
    scan(),
    lists:sort([Module || {_, Module} <- ets_list(?CLASSES)]).

%% Direct subclasses, those of the code path included.
-spec subclasses(module()) -> [module()].
subclasses(Module) ->
    scan(),
    lists:sort([Sub || {_, Sub} <- ets_lookup(?SUBCLASSES, Module)]).

%% Enters every class and extension module that lies on the code path.
-spec scan() -> ok.
scan() ->
    Unknown = [
        Module
     || Text <- path_modules(),
        Module <- [list_to_atom(Text)],
        not ets_member(?MODULES, Module),
        code:ensure_loaded(Module) =:= {module, Module}
    ],
    case Unknown of
        [] -> ok;
        _ -> _ = enter_found(Unknown), ok
    end.

%% Enters the extensions that lie on the code path, once for each code path. Answers whether there
%% was anything to enter: a program that no loader has registered is found so.
-spec scan_extensions() -> boolean().
scan_extensions() ->
    Path = erlang:phash2(code:get_path()),
    case ets_lookup(?DOCS, extensions_of_path) of
        [{_, Path}] -> false;
        _ -> scan_extensions(Path)
    end.

scan_extensions(Path) ->
    Found = [
        list_to_atom(Text)
     || Text <- path_modules(), lists:suffix("+ext", Text)
    ],
    New = [
        Module
     || Module <- Found, not ets_member(?MODULES, Module), code:ensure_loaded(Module) =:= {module, Module}
    ],
    try
        ets:insert(?DOCS, {extensions_of_path, Path})
    catch
        error:badarg -> false
    end,
    New =/= [] andalso enter_found(New) =:= ok.

%% Compiled classes on the code path, Erlang's own applications left aside.
path_modules() ->
    Lib = code:lib_dir(),
    lists:append([
        [filename:rootname(File) || File <- files(Dir), is_class_file(File)]
     || Dir <- code:get_path(), not lists:prefix(Lib, Dir)
    ]).

files(Dir) ->
    case file:list_dir(Dir) of
        {ok, Files} -> Files;
        {error, _} -> []
    end.

is_class_file("bt@" ++ _ = File) ->
    filename:extension(File) =:= ".beam" andalso not lists:suffix("+patch.beam", File);
is_class_file(_) ->
    false.

%%% Extensions

%% The extension method that a send to an instance of the class (or to the class) finds.
-spec extension(module(), side(), atom(), arity()) -> {module(), atom()} | none.
extension(Module, Side, Selector, Arity) ->
    Key = {Module, Side, Selector, Arity},
    case ets_lookup(?FOUND, Key) of
        [{_, Found}] -> Found;
        [] -> find_extension(Key)
    end.

find_extension({Module, Side, Selector, Arity} = Key) ->
    Names = [beamtalk_class:name(M) || M <- beamtalk_class:ancestors(Module)],
    Found = first_extension(Names, Side, Selector, Arity),
    remember(Key, Found).

%% An answer of none is not kept: there may be no table, and misses are no fast path.
remember(_Key, none) ->
    none;
remember(Key, Found) ->
    ets:insert(?FOUND, {Key, Found}),
    Found.

first_extension([], _, _, _) ->
    none;
first_extension([Name | Rest], Side, Selector, Arity) ->
    case ets_lookup(?EXTENSIONS, {Name, Side, Selector, Arity}) of
        [{_, Module, Function, _}] -> {Module, Function};
        [] -> first_extension(Rest, Side, Selector, Arity)
    end.

%% Descriptions of the extensions of one class, by its name.
-spec extensions_of(atom(), side()) -> [map()].
extensions_of(Name, Side) ->
    try
        ets:select(?EXTENSIONS, [{{{Name, Side, '_', '_'}, '_', '_', '$1'}, [], ['$1']}])
    catch
        error:badarg -> []
    end.

-spec extensions() -> [map()].
extensions() -> [Info || {_, _, _, Info} <- ets_list(?EXTENSIONS)].

%% Descriptions of all extensions, each with the module that holds it, in the order of modules.
-spec extensions_by_module() -> [{module(), map()}].
extensions_by_module() -> lists:sort([{Module, Info} || {_, Module, _, Info} <- ets_list(?EXTENSIONS)]).

%%% Protocols

-spec protocols() -> [map()].
protocols() -> [Protocol || {_, Protocol, _} <- ets_list(?PROTOCOLS)].

-spec protocol(atom()) -> {ok, map()} | error.
protocol(Name) ->
    case ets_lookup(?PROTOCOLS, Name) of
        [{_, Protocol, _}] -> {ok, Protocol};
        [] -> error
    end.

%%% Documentation that was set at run time

%% Documentation given while running: of a class, or of a method of one of its sides.
-spec set_doc(module(), class | {instance | class, atom()}, binary()) -> ok.
set_doc(Module, Of, Text) ->
    gen_server:call(?MODULE, {set_doc, Module, Of, Text}).

-spec doc(module(), class | {instance | class, atom()}) -> {ok, binary()} | none.
doc(Module, Of) ->
    case ets_lookup(?DOCS, {Module, Of}) of
        [{_, Text}] -> {ok, Text};
        [] -> none
    end.

%%% Events

%% The process gets `{beamtalk_registry, event()}' from now on.
-spec subscribe(pid()) -> ok.
subscribe(Pid) -> gen_server:call(?MODULE, {subscribe, Pid}).

%%% Tables that may not be there

ets_lookup(Table, Key) ->
    try
        ets:lookup(Table, Key)
    catch
        error:badarg -> []
    end.

ets_list(Table) ->
    try
        ets:tab2list(Table)
    catch
        error:badarg -> []
    end.

ets_member(Table, Key) ->
    try
        ets:member(Table, Key)
    catch
        error:badarg -> false
    end.

%%% The server

-type state() :: #{pid() => reference()}.

-spec init([]) -> {ok, state()}.
init([]) ->
    Reading = [named_table, public, {read_concurrency, true}],
    [ets:new(Table, [set | Reading]) || Table <- [?CLASSES, ?EXTENSIONS, ?FOUND, ?PROTOCOLS, ?MODULES, ?DOCS]],
    ets:new(?SUBCLASSES, [bag | Reading]),
    ok = beamtalk_living_actors:new(),
    beamtalk_class_state:create_table(),
    erlang:send_after(?SWEEP, self(), sweep),
    {ok, #{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call({register, Modules}, _From, Subscribers) ->
    case beamtalk_registration:read(Modules) of
        {ok, Entries} -> {reply, enter_all(Entries, Subscribers), Subscribers};
        {error, Exception} -> {reply, {error, Exception}, Subscribers}
    end;
handle_call({unregister, Modules}, _From, Subscribers) ->
    lists:foreach(fun(Module) -> remove(Module, Subscribers) end, Modules),
    {reply, ok, Subscribers};
handle_call({set_doc, Module, Of, Text}, _From, Subscribers) ->
    ets:insert(?DOCS, {{Module, Of}, Text}),
    {reply, ok, Subscribers};
handle_call({subscribe, Pid}, _From, Subscribers) when is_map_key(Pid, Subscribers) ->
    {reply, ok, Subscribers};
handle_call({subscribe, Pid}, _From, Subscribers) ->
    {reply, ok, Subscribers#{Pid => erlang:monitor(process, Pid)}};
handle_call(_, _From, Subscribers) ->
    {reply, {error, unknown_call}, Subscribers}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, Subscribers) ->
    {noreply, Subscribers}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({'DOWN', _, process, Pid, _}, Subscribers) ->
    {noreply, maps:remove(Pid, Subscribers)};
handle_info(sweep, Subscribers) ->
    ok = beamtalk_living_actors:sweep(),
    erlang:send_after(?SWEEP, self(), sweep),
    {noreply, Subscribers};
handle_info(_, Subscribers) ->
    {noreply, Subscribers}.

enter_all(Entries, Subscribers) ->
    Leaving = [Module || {Module, _} <- Entries],
    case beamtalk_registration:collision(Entries, Leaving, ets:tab2list(?EXTENSIONS)) of
        none ->
            lists:foreach(fun(Entry) -> enter(Entry, Subscribers) end, Entries),
            ets:delete_all_objects(?FOUND),
            ok;
        Exception ->
            {error, Exception}
    end.

enter({Module, {class, #{name := Name, super := Super}}}, Subscribers) ->
    Event =
        case ets:lookup(?MODULES, Module) of
            [] -> class_loaded;
            [_] -> class_changed
        end,
    ets:match_delete(?SUBCLASSES, {'_', Module}),
    ets:insert(?CLASSES, {Name, Module}),
    ets:insert(?SUBCLASSES, {Super, Module}),
    ets:insert(?MODULES, {Module, class}),
    ets:match_delete(?DOCS, {{Module, '_'}, '_'}),
    notify({Event, Name, Module}, Subscribers);
enter({Module, {extensions, Extensions, Protocols}}, _Subscribers) ->
    clear_extensions(Module),
    ets:insert(?EXTENSIONS, Extensions),
    ets:insert(?PROTOCOLS, [{Name, Protocol, Module} || #{name := Name} = Protocol <- Protocols]),
    ets:insert(?MODULES, {Module, extensions}).

remove(Module, Subscribers) ->
    clear_extensions(Module),
    ets:delete_all_objects(?FOUND),
    case ets:match_object(?CLASSES, {'_', Module}) of
        [{Name, Module}] ->
            ets:delete(?CLASSES, Name),
            ets:match_delete(?SUBCLASSES, {'_', Module}),
            beamtalk_class_state:forget(Module),
            notify({class_removed, Name, Module}, Subscribers);
        [] ->
            ok
    end,
    ets:delete(?MODULES, Module).

clear_extensions(Module) ->
    ets:match_delete(?EXTENSIONS, {'_', Module, '_', '_'}),
    ets:match_delete(?PROTOCOLS, {'_', '_', Module}).

notify(Event, Subscribers) ->
    [Pid ! {beamtalk_registry, Event} || Pid <- maps:keys(Subscribers)],
    ok.
