%% @doc Primitives of `Session': the session of an evaluation, seen from the code that it runs.
-module(beamtalk_session).

-export([all/0, is_own/1, 'class current'/1, 'class withId:'/2, bindings/1, 'resolve:'/2, clear/1, id/1, kind/1, info/1]).

object(Id, Pid) ->
    #{'__class__' => 'bt@stdlib@Session', id => Id, pid => Pid}.

-spec 'class current'(term()) -> map() | nil.
'class current'(_) ->
    case get('$bt_session') of
        {Id, Pid} -> object(Id, Pid);
        undefined -> nil
    end.

-spec 'class withId:'(term(), term()) -> map() | nil.
'class withId:'(_, Id) ->
    Wanted = beamtalk_check:string(Id, 'Session', 'withId:'),
    case [Pid || #{id := Other, pid := Pid} <- known(), Other =:= Wanted] of
        [Pid | _] -> object(Wanted, Pid);
        [] -> nil
    end.

%% @doc The open sessions, the one of this process first.
-spec all() -> [map()].
all() ->
    [object(Id, Pid) || #{id := Id, pid := Pid} <- known()].

known() ->
    {Own, Others} = lists:partition(fun(#{pid := Pid}) -> is_own(Pid) end, beamtalk_workspace_session:all()),
    Own ++ Others.

-spec bindings(map()) -> map().
bindings(#{id := Id, pid := Pid}) ->
    #{'__class__' => 'bt@stdlib@BindingsView', id => Id, pid => Pid}.

%% The value that a name has in this session, by the order in which names resolve.
-spec 'resolve:'(map(), term()) -> term().
'resolve:'(#{pid := Pid}, Name) ->
    Symbol = beamtalk_check:symbol(Name, 'Session', 'resolve:'),
    case is_own(Pid) of
        true -> beamtalk_binding:get(Symbol);
        false ->
            case beamtalk_workspace_session:bindings(Pid) of
                #{Symbol := Value} -> Value;
                _ -> beamtalk_binding:get(Symbol)
            end
    end.

-spec clear(map()) -> map().
clear(#{pid := Pid} = Self) ->
    case is_own(Pid) of
        true ->
            lists:foreach(fun beamtalk_binding:erase/1, maps:keys(beamtalk_binding:variables())),
            Self;
        false -> beamtalk_bindings_view:refuse(clear)
    end.

-spec id(map()) -> binary().
id(#{id := Id}) -> Id.

-spec kind(term()) -> binary().
kind(_) -> <<"repl">>.

-spec info(map()) -> map().
info(#{id := Id, pid := Pid}) ->
    #{id => Id, kind => kind(nil), current => is_own(Pid)}.

%% @doc Whether the calling process evaluates for that session.
-spec is_own(pid()) -> boolean().
is_own(Pid) ->
    case get('$bt_session') of
        {_, Pid} -> true;
        _ -> false
    end.
