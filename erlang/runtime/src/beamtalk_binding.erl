%% @doc Names of the prompt and of scripts: session variables, then the workspace's bindings and
%% globals, then classes and protocols.
-module(beamtalk_binding).

-export([get/1, get/2, class/2, set/2, find/1, variables/0, erase/1]).

-compile({no_auto_import, [get/1, erase/1]}).

-define(GLOBALS, beamtalk_workspace_globals).

%% The value of a name; raises `Undefined variable: x'.
-spec get(atom()) -> term().
get(Name) ->
    case find(Name) of
        {ok, Value} -> Value;
        error -> undefined_variable(Name)
    end.

%% The value of a name in a block, which may run in another process than its session's: there the
%% name means what it meant when the block was made.
-spec get(atom(), {ok, term()} | error) -> term().
get(Name, AtCreation) ->
    case find(Name) of
        {ok, Value} -> Value;
        error -> at_creation(Name, AtCreation)
    end.

at_creation(_Name, {ok, Value}) -> Value;
at_creation(Name, error) -> undefined_variable(Name).

%% What the name of a class means: the class, unless a variable or a binding has the name.
-spec class(atom(), term()) -> term().
class(Name, Class) ->
    case find_variable(Name) of
        {ok, Value} -> Value;
        error ->
            case bound(Name) of
                {ok, Value} -> Value;
                error -> Class
            end
    end.

-spec find(atom()) -> {ok, term()} | error.
find(Name) ->
    case find_variable(Name) of
        {ok, _} = Found -> Found;
        error -> find_global(Name)
    end.

find_variable(Name) ->
    case beamtalk_shared_locals:find(shared(Name)) of
        {ok, _} = Found -> Found;
        error -> find_own(Name)
    end.

find_own(Name) ->
    case erlang:get({'$bt_var', Name}) of
        undefined -> error;
        '$undefined' -> {ok, undefined};
        Value -> {ok, Value}
    end.

find_global(Name) ->
    case bound(Name) of
        {ok, _} = Found -> Found;
        error -> find_class(Name)
    end.

%% A node without a workspace has no bindings.
bound(Name) ->
    try ets:lookup(?GLOBALS, Name) of
        [{_, Value} | _] -> {ok, Value};
        [] -> error
    catch
        error:badarg -> error
    end.

%% The facades first: no class has their names, and looking for one would search the code path.
find_class('Transcript') -> current('TranscriptStream');
find_class('Workspace') -> current('WorkspaceInterface');
find_class('Beamtalk') -> current('BeamtalkInterface');
find_class(Name) ->
    case atom_to_list(Name) of
        [C | _] when C >= $A, C =< $Z -> class_or_protocol(Name);
        _ -> error
    end.

class_or_protocol(Name) ->
    case beamtalk_registry:lookup(Name) of
        {ok, Module} -> {ok, {'$class', Module}};
        error -> beamtalk_protocol:find(Name)
    end.

%% The one instance of a facade's class.
current(ClassName) ->
    case beamtalk_registry:lookup(ClassName) of
        {ok, Module} -> {ok, Module:'$csend'(current, {'$class', Module}, [])};
        error -> error
    end.

%% A block of a session that another process runs assigns for the session.
-spec set(atom(), term()) -> term().
set(Name, Value) ->
    put({'$bt_var', Name}, case Value of undefined -> '$undefined'; _ -> Value end),
    case erlang:get('$bt_session') of
        undefined -> beamtalk_shared_locals:put(shared(Name), Value);
        _ -> beamtalk_shared_locals:update(shared(Name), Value)
    end,
    Value.

%% The processes that a session's code starts have the session's group leader.
shared(Name) -> {group_leader(), Name}.

-spec erase(atom()) -> ok.
erase(Name) ->
    erlang:erase({'$bt_var', Name}),
    beamtalk_shared_locals:forget([shared(Name)]).

%% The session variables of this process.
-spec variables() -> #{atom() => term()}.
variables() ->
    maps:from_list([{Name, plain(Value)} || {{'$bt_var', Name}, Value} <- erlang:get()]).

plain('$undefined') -> undefined;
plain(Value) -> Value.

-spec undefined_variable(atom()) -> no_return().
undefined_variable(Name) ->
    case atom_to_list(Name) of
        [C | _] when C >= $A, C =< $Z -> beamtalk_exception:not_found(Name);
        _ -> unknown_name(Name)
    end.

-spec unknown_name(atom()) -> no_return().
unknown_name(Name) ->
    Hint =
        case beamtalk_selector:closest(Name, maps:keys(variables())) of
            none -> nil;
            Near -> iolist_to_binary([<<"Did you mean ">>, atom_to_binary(Near), $?])
        end,
    Message = [<<"Undefined variable: ">>, atom_to_binary(Name)],
    beamtalk_exception:raise(not_found, nil, nil, Message, Hint).
